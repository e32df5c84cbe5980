"""Regions that come with the library as data packages, and the generator that made them.

Load one with ``bundling.load("zwolle")``. The folders ``zwolle deventer enschede overijssel`` hold
the data; `bundling.instances.generate` writes them again, byte for byte, from a folder of facts.
Nothing is imported here, so that loading a region never imports the generator.
"""
