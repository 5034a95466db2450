from ragline.ingest.extract import extract


class ParserProcess:
    def __init__(self, limits, ocr): ...
    def __enter__(self):
        return self

    def __exit__(self, *a): ...
    def parse(self, request):
        return extract(request)
