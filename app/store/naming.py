"""Which columns name bytes in the store of files.

What a column of ``FOR_GOOD`` names is backed up, missed by ``lierre doctor`` when it is not there, and never swept.
"""

from app.store.exchange import KeptFile
from app.store.media import IncomingPart, MediaRevision
from app.store.pages import Revision

FOR_GOOD = (MediaRevision.sha256, KeptFile.sha256, Revision.original)
FOR_NOW = (IncomingPart.sha256,)  # of files on their way: not swept, and nobody misses them
