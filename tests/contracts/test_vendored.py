"""What others made and we serve is exactly what was declared."""

from essaim.ui.vendored import VENDOR_DIR, digests, vendored


def test_vendored_files_are_those_declared():
    declared = {path: digest for item in vendored() for path, digest in item.files.items()}
    assert digests() == declared


def test_vendored_declaration_holds_no_download_address():
    assert "://" not in (VENDOR_DIR / "vendor.toml").read_text()
