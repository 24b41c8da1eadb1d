from . import decide
from . import document_upload
from . import signed_copy
from . import review
from . import case_portal
from . import discipline
from . import vote
