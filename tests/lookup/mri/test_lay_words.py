"""What patients and nurses say for each emergency sign, and similar words that are none."""

import pytest

from bot.lookup.mri.understood import understand

EMERGENCY = ("cauda_equina", "cord_compression", "bilateral")
SADDLE = """
numb bum
bum is numb
her bottom has gone numb
his backside feels dead
bum feels asleep
loss of sensation when wiping
cannot feel when he wipes
can't feel the toilet paper
doesn't feel herself wipe
no feeling when wiping
no sensation in the bottom
numb between the legs
no feeling between her legs
pins and needles between the legs
tingling in the saddle area
numb private parts
numbness of the genitals
numb genitals and back pain
numb penis
his scrotum is numb
no feeling in the vagina
numbness around the anus
reduced perianal sensation
altered sensation around the back passage
reduced sensation S3 to S5
perineal numbness
numb perineum
numb arse
dead arse
numb buttocks
both buttocks numb
left buttock is numb
numb crotch
numb groin
numbness down there
can't feel anything down there
inner thighs feel numb
numb where he sits
saddle hypaesthesia
saddle anesthesia
saddle paraesthesia
decreased sensation in the perineum
pain and numbness in the bum
numb painful buttocks
strange feeling in the bottom
lost feeling in his bottom
"""
BLADDER = """
can't pee
cannot wee
can't pass water
couldn't urinate
unable to void
not passed urine since yesterday
has not peed since last night
hasn't passed urine
not PU 12h
struggling to pee
wet himself
wets the bed
wetting herself
peed herself
pissed himself
weeing without noticing
doesn't feel when he pees
dribbling
leaking urine
leaks all the time
urine without noticing
waterworks trouble
trouble with the waterworks
can't hold her water
cannot hold it
lost control of the bladder
bladder not working
bladder full on scan
palpable bladder
overflow
retaining
urinary retention
painless retention
incontinent
new incontinence
PVR 600
post void residual 450 ml
residual 800
catheterised for retention
having accidents
"""
BOWEL = """
soiled himself
soiling
pooed himself
pooing herself
shit himself
messed himself
messed the bed
bowels open without knowing
stool without noticing
losing stool
loses stool at night
incontinent of faeces
faecal incontinence
bowel accident
no anal tone
lax anal tone
reduced anal tone
anal tone absent
reduced PR tone
PR tone down
lax tone
no control of the back end
lost control down below
can't control his bowels
lost control of her bowels
new bowel trouble
patulous anus
sphincter gone
erections gone
no erection since Monday
impotent since last week
sexual dysfunction
"""
WEAKNESS = """
weak legs
legs are weak
legs feel weak
leg weakness
legs have gone
legs gone from under him
legs gave way
her legs keep giving way
legs giving out, gave out
legs like jelly
legs turned to jelly
jelly legs
legs feel like lead
heavy legs
legs feel heavy
legs feel wooden
legs don't work
legs won't move
legs not working
legs have stopped working
legs wont hold him
lost the use of his legs
no use in the legs
no power in the legs
lost power in both legs
loss of power
no strength in her legs
lost strength in the arms
legs feeble
floppy legs
legs are floppy
limp legs
can't lift the leg
cannot move her legs
can't move his arm
can't raise his arms
unable to move the legs
knees buckle
knees give way
paralysed
paraplegic
paraparesis
power 3/5 hip flexors
MRC 3/5 both legs
weaker on the left
clumsy hands
dropping things, weak hands
arm and leg feel weak
"""
GAIT = """
off legs
gone off his feet
can't walk
unable to walk
not walking
stopped walking
cannot stand
can't stand up
can't get up
cannot get out of bed
can't get out of the chair
cannot rise from a chair
can't climb stairs
cannot manage the stairs
can't do the stairs anymore
struggles with the stairs
not weight bearing
can't weight bear
cannot bear weight
bedbound
bed bound since Tuesday
bedridden
needs a wheelchair now
not mobilising
cannot mobilise
reduced mobility
mobility worse
immobile
unsteady
unsteady on her feet
wobbly
staggering
stumbling
stumbles
tripping over his feet
shuffling
walks like a drunk, staggers
falls
keeps falling
fell twice
drags his leg
dragging the foot
limping
poor balance
ataxic
lurching
walking on cotton wool
can't feel the floor
"""
SENSORY_LEVEL = """
numb below the waist
numb from the waist down
no feeling below the waist
can't feel anything below the waist
loss of sensation below T10
no sensation below the ribs
sensation reduced below the umbilicus
sensation altered from the nipples down
numb from the chest down
numb chest
numb tummy
numb belly
tingling from the navel down
numbness up to the waist
numb trunk
trunk feels dead
lower half of the body numb
bottom half feels numb
numb legs
both legs numb
numbness of both legs
no feeling in the legs
can't feel her legs
legs feel dead
dead legs
sensory level
sensory level T6
reduced sensation to the costal margin
abdomen feels strange, no sensation
pins and needles below the waist
"""
UPPER_MOTOR_NEURONE = """
brisk reflexes
reflexes brisk
increased reflexes
jumpy reflexes
hyperreflexia
hyperreflexic
clonus
ankle clonus
upgoing plantars
plantars up
toes upgoing
toes up
Babinski positive
Babinski's
Hoffmann positive
spastic
spasticity
legs stiff
stiff legs
leg spasms
legs in spasm
jerking legs
legs jumping at night
increased tone
hypertonia
UMN signs
pyramidal signs
long tract signs
myelopathy
exaggerated reflexes
"""
LHERMITTE = """
Lhermitte
Lhermitte's sign
electric shock
electric shocks down the back
electric shocks on bending the neck
shock like pain
electrical feeling down the spine
electricity down her back
zaps down the spine
zapping when he bends his neck
lightning down the back
jolts down the spine
buzzing in the spine
tingling down the spine on bending the neck
tingles down the back
band round the chest
tight band around the tummy
like a belt
like a corset
vice round the chest
pain in both legs
pain down both arms
both calves hurt
bilateral sciatica
"""
SIGNS = {
    "saddle_anaesthesia": SADDLE,
    "bladder": BLADDER,
    "bowel": BOWEL,
    "weakness": WEAKNESS,
    "gait": GAIT,
    "sensory_level": SENSORY_LEVEL,
    "umn_signs": UPPER_MOTOR_NEURONE,
    "lhermitte": LHERMITTE,
}
SAID = [(sign, line) for sign, lines in SIGNS.items() for line in lines.strip().splitlines()]


@pytest.mark.parametrize(("sign", "line"), SAID)
def test_an_emergency_sign_in_lay_words_is_an_emergency(sign: str, line: str) -> None:
    rows = understand(line).rows
    if sign in ("saddle_anaesthesia", "bladder", "bowel"):
        assert rows[:1] == ("cauda_equina",)
    else:
        assert rows and rows[0] in EMERGENCY


@pytest.mark.parametrize(
    "line",
    [
        "pain in the bum",
        "buttock pain down the leg",
        "numb toes and pain in left buttock",
        "numb toes, sore buttock",
        "numb foot",
        "tingling fingers",
        "bladder cancer, back pain",
        "ca bowel, sciatica",
        "weak opioids, back pain",
        "PVR 100, back pain",
        "back pain on sitting",
        "constipation",
        "groin pain",
        "epidural haematoma",
    ],
)
def test_what_only_sounds_like_a_sign_is_no_emergency(line: str) -> None:
    assert not set(understand(line).rows) & set(EMERGENCY)


@pytest.mark.parametrize("line", ["bladder cancer, can't pee", "numb toes, numb sore bum"])
def test_a_sign_beside_what_sounds_like_one_still_counts(line: str) -> None:
    assert understand(line).rows[0] == "cauda_equina"


def test_a_no_that_belongs_to_a_finding_is_no_denial() -> None:
    assert understand("no feeling when wiping").denied == ()
    assert understand("no weakness, back pain").denied == ("weakness",)
