from . import test_order_concurrency
from . import test_order_form
from . import test_order_intake
from . import test_order_page
from . import test_order_security
from . import test_order_tools
from . import test_order_ui
from . import test_order_case
