from . import requisites
from . import timeline
