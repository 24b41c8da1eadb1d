from . import decide
from . import signed_copy
