from . import crm_lead_override_stage
from . import crm_lead_set_status
from . import paydox_funnel_send
from . import paydox_rule_preview
from . import crm_stage_plan_status
from . import crm_lead_lost
from . import crm_lead_to_opportunity
from . import base_partner_merge
