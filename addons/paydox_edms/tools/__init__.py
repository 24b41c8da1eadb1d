from . import filename
from . import number_pattern
