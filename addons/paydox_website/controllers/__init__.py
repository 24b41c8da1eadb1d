from . import order_form
from . import service
from . import service_follow
