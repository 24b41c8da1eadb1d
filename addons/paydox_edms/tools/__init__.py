from . import arguments
from . import condition
from . import filename
from . import locking
from . import number_pattern
