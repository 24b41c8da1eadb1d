from . import paydox_demo
from . import paydox_demo_documents
from . import paydox_demo_office
from . import paydox_demo_cases
from . import paydox_demo_instructions
from . import paydox_demo_contract
