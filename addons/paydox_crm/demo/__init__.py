from . import paydox_demo
from . import paydox_demo_papers
