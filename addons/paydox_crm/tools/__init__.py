from . import matching
from . import register_client
from . import registers
from . import rating
from . import requisites
from . import timeline
