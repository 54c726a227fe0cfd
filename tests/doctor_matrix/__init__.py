"""Every fault of assets/scenarios/faults against the doctor: is it named, alone, and is it fixed?"""
