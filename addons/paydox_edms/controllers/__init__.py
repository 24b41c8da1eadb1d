from . import decide
from . import signed_copy
from . import review
