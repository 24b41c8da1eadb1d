from . import paydox_demo
