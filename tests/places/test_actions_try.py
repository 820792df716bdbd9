import time, pytest
from datetime import datetime, UTC
AT=datetime(2013,6,1,tzinfo=UTC)
@pytest.mark.django_db
def test_x():
    from essaim.places import actions, queries
    from essaim.places.models import Commune, KnownPlace
    t=time.time(); print(actions.load_reference(at=AT), time.time()-t)
    t=time.time(); print(actions.load_reference(at=AT), time.time()-t)
    t=time.time(); print(actions.add_invented_places(seed=1,at=AT), time.time()-t)
    t=time.time(); print(actions.add_invented_places(seed=1,at=AT), time.time()-t)
    print(list(KnownPlace.objects.values_list('name',flat=True)[:12]))
    t=time.time(); queries.commune_arrays(); print(time.time()-t); t=time.time()
    for q in ('st etienne','renn','350','evry','paris','l hay','brest','2A0','75116',"d'auray"): print(q,[str(c) for c in Commune.objects.search(q)[:4]], round(time.time()-t,4)); t=time.time()
    print(Commune.objects.nearest(48.39,-4.49),time.time()-t, Commune.objects.current('75112'))
    assert 0
