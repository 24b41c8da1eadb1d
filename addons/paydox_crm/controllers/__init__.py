from . import paper_upload
from . import survey
