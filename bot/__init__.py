"""CordCall: a chat assistant for clinicians who meet a patient with suspected spine metastases."""

__version__ = "0.1.0"
