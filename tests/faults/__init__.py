"""The network, the disk, the clock and the process itself fail: nothing is lost or said twice."""
