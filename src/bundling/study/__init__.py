"""Studies: one question over several scenarios, and the tables a board gets."""

from bundling.study.siting import DELAYS as DELAYS
from bundling.study.siting import SitingStudy as SitingStudy
from bundling.study.siting import siting_study as siting_study
