from . import paydox_event
from . import paydox_order_form
from . import paydox_order_form_product
from . import paydox_order_form_check
from . import paydox_order_form_intake
from . import paydox_order_throttle
from . import crm_lead
from . import paydox_order_form_case
