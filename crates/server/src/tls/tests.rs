//! Certificates and keys in every form, and what is said of those that cannot be used. The files of
//! `tests/certificates` are what OpenSSL writes; times are made with rcgen.

use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::time::Duration;

use rcgen::{CertificateParams, KeyPair, date_time_ymd};

use super::{TlsFiles, Warning};
use crate::serve::FilesRead;

/// 2027-01-01T00:00:00Z.
const NOW: Duration = Duration::from_secs(1_798_761_600);
const DAY: Duration = Duration::from_secs(24 * 60 * 60);

fn fixture(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/certificates").join(name)
}

/// A folder with the files of a pair.
struct Folder(tempfile::TempDir);

impl Folder {
    fn new(certificate: &[u8], key: &[u8]) -> Folder {
        let folder = Folder(tempfile::tempdir().unwrap());
        std::fs::write(folder.files().certificate, certificate).unwrap();
        std::fs::write(folder.files().key, key).unwrap();
        folder.permit(0o600);
        folder
    }

    fn files(&self) -> TlsFiles {
        TlsFiles { certificate: self.0.path().join("tls.crt"), key: self.0.path().join("tls.key") }
    }

    fn permit(&self, mode: u32) {
        let permissions = std::fs::Permissions::from_mode(mode);
        std::fs::set_permissions(self.files().key, permissions).unwrap();
    }

    /// What is warned of.
    fn warnings(&self) -> Vec<Warning> {
        self.files().load(&mut FilesRead::default(), NOW).unwrap().warnings
    }

    /// Why it cannot be used and what helps, without the folder.
    fn refusal(&self) -> String {
        let error = self.files().load(&mut FilesRead::default(), NOW).unwrap_err();
        let help = error.remedy().unwrap_or("none").to_owned();
        let folder = format!("{}/", self.0.path().display());
        format!("{error}\n{help}").replace(&folder, "")
    }
}

fn read(name: &str) -> Vec<u8> {
    std::fs::read(fixture(name)).unwrap()
}

fn refusal(certificate: &[u8], key: &[u8]) -> String {
    Folder::new(certificate, key).refusal()
}

// Source: the forms that OpenSSL writes.
#[test]
fn keys_of_every_form_are_read() {
    for (certificate, key) in [
        ("rsa.crt", "rsa-pkcs1.key"),
        ("rsa.crt", "rsa-pkcs8.key"),
        ("ec.crt", "ec-sec1.key"),
        ("ec.crt", "ec-pkcs8.key"),
        ("ed25519.crt", "ed25519.key"),
    ] {
        let warnings = Folder::new(&read(certificate), &read(key)).warnings();
        assert_eq!(warnings, [], "{key}");
    }
}

#[test]
fn a_chain_is_shown_whole_and_text_around_it_is_for_people() {
    let chain =
        [b"the server:\n", &read("ec.crt")[..], b"\r\nits issuer:\n", &read("rsa.crt")].concat();
    let folder = Folder::new(&chain, &read("ec-pkcs8.key"));
    let loaded = folder.files().load(&mut FilesRead::default(), NOW).unwrap();
    assert_eq!(loaded.key.cert.len(), 2);
    // Both in one file, as some write it.
    let both = [read("ec.crt"), read("ec-sec1.key")].concat();
    assert_eq!(Folder::new(&both, &both).warnings(), []);
}

#[test]
fn a_file_that_is_not_there_is_named() {
    let folder = Folder::new(b"", b"");
    std::fs::remove_file(folder.files().certificate).unwrap();
    assert_eq!(folder.refusal(), "`tls.crt`: cannot be read: no such file\nnone");
}

#[test]
fn what_is_no_pem_text_is_refused() {
    let key = read("ec-sec1.key");
    let help = "a PEM file has lines like `-----BEGIN CERTIFICATE-----`";
    for text in ["", "certificate", "-----BEGIN CERTIFICATE----\n"] {
        assert_eq!(
            refusal(text.as_bytes(), &key),
            format!("`tls.crt`: this is no PEM text\n{help}")
        );
    }
    assert_eq!(
        refusal(&read("ec.der"), &key),
        "`tls.crt`: this is no PEM text\nit looks like DER: convert it with `openssl`"
    );
}

#[test]
fn a_block_that_is_broken_is_named_by_its_line() {
    let key = read("ec-sec1.key");
    let whole = String::from_utf8(read("ec.crt")).unwrap();
    let cut = format!("\n{}", whole.replace("-----END CERTIFICATE-----\n", ""));
    assert_eq!(
        refusal(cut.as_bytes(), &key),
        "`tls.crt:2`: the block `CERTIFICATE` does not end\n\
         it ends with the line `-----END CERTIFICATE-----`"
    );
    let twice = format!("{cut}{whole}");
    assert_eq!(
        refusal(twice.as_bytes(), &key).lines().next().unwrap(),
        "`tls.crt:2`: the block `CERTIFICATE` does not end"
    );
    let end = format!("{whole}-----END CERTIFICATE-----\n");
    let lines = whole.lines().count();
    assert_eq!(
        refusal(end.as_bytes(), &key),
        format!("`tls.crt:{}`: `-----END CERTIFICATE-----` without a `BEGIN`\nnone", lines + 1)
    );
    let garbled = whole.replacen("MII", "M?I", 1);
    assert_eq!(
        refusal(garbled.as_bytes(), &key),
        "`tls.crt:1`: the block `CERTIFICATE` is not base64\ncopy the file again, as a whole"
    );
    let empty = "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n";
    assert_eq!(
        refusal(format!("{whole}{empty}").as_bytes(), &key),
        format!("`tls.crt:{}`: the block `CERTIFICATE` holds no certificate\nnone", lines + 1)
    );
}

#[test]
fn files_that_are_swapped_are_seen() {
    assert_eq!(
        refusal(&read("rsa-pkcs8.key"), &read("rsa.crt")),
        "`tls.crt`: no certificate, but `PRIVATE KEY`\n\
         the certificate is named with `--tls-certificate`, the key with `--tls-key`"
    );
    assert_eq!(
        refusal(&read("rsa.crt"), &read("rsa.crt")),
        "`tls.key`: no private key, but `CERTIFICATE`\n\
         a key begins with `-----BEGIN PRIVATE KEY-----`, `RSA PRIVATE KEY` or `EC PRIVATE KEY`"
    );
    assert_eq!(
        refusal(&read("request.csr"), &read("ec-sec1.key")),
        "`tls.crt`: no certificate, but `CERTIFICATE REQUEST`\n\
         a certificate begins with `-----BEGIN CERTIFICATE-----`"
    );
}

#[test]
fn a_key_that_cannot_be_used_is_named_by_its_line() {
    for key in ["ec-encrypted.key", "ec-sec1-encrypted.key"] {
        assert_eq!(
            refusal(&read("ec.crt"), &read(key)),
            "`tls.key:1`: the private key is encrypted\n\
             write it without a password: `openssl pkey -in FILE -out FILE`",
            "{key}"
        );
    }
    assert_eq!(
        refusal(&read("ec.crt"), &read("ed448.key")),
        "`tls.key:1`: this is no private key that TLS can use\n\
         use RSA of 2,048 bits or more, ECDSA P-256, P-384 or P-521, or Ed25519"
    );
    let two = [read("ed25519.key"), read("ec-pkcs8.key")].concat();
    assert_eq!(
        refusal(&read("ec.crt"), &two),
        "`tls.key:4`: a second private key, after that of line 1\n\
         leave the key of the first certificate alone in it"
    );
}

#[test]
fn a_key_of_another_certificate_is_refused() {
    let folder = Folder::new(&read("ec.crt"), &read("rsa-pkcs8.key"));
    assert_eq!(
        folder.refusal(),
        "`tls.key`: the private key does not belong to the certificate in `tls.crt`\n\
         name the key that the certificate was made for"
    );
    let wrong_order = [read("rsa.crt"), read("ec.crt")].concat();
    assert_eq!(
        refusal(&wrong_order, &read("ec-sec1.key")),
        "`tls.key`: the private key belongs to certificate 2 of `tls.crt`\n\
         let the certificate of the key be the first, those that vouch for it behind it"
    );
}

#[test]
fn a_key_that_everybody_may_read_is_warned_of() {
    let folder = Folder::new(&read("ec.crt"), &read("ec-sec1.key"));
    for mode in [0o600, 0o400, 0o640] {
        folder.permit(mode);
        assert_eq!(folder.warnings(), []);
    }
    folder.permit(0o644);
    let path = folder.files().key;
    let [warning] = &folder.warnings()[..] else { panic!("no warning") };
    let file = path.display();
    assert_eq!(
        warning.to_string(),
        format!("everybody may read the private key `{file}` (mode 0644)")
    );
    assert_eq!(warning.remedy(), format!("`chmod 600 {file}`"));
}

/// A pair that is valid from one day to another.
fn valid(from: (i32, u8, u8), until: (i32, u8, u8)) -> Folder {
    let key = KeyPair::generate().unwrap();
    let mut parameters = CertificateParams::new(vec!["localhost".to_owned()]).unwrap();
    parameters.not_before = date_time_ymd(from.0, from.1, from.2);
    parameters.not_after = date_time_ymd(until.0, until.1, until.2);
    let certificate = parameters.self_signed(&key).unwrap();
    Folder::new(certificate.pem().as_bytes(), key.serialize_pem().as_bytes())
}

#[test]
fn a_certificate_out_of_its_time_is_warned_of_and_used() {
    assert_eq!(valid((2026, 12, 31), (2027, 1, 2)).warnings(), []);
    let folder = valid((2026, 1, 1), (2026, 12, 22));
    let path = folder.files().certificate;
    let since = folder.warnings();
    assert_eq!(since, [Warning::Expired { path: path.clone(), since: 10 * DAY }]);
    assert_eq!(
        since[0].to_string(),
        format!("the certificate `{}` expired 10 days ago", path.display())
    );
    let folder = valid((2027, 1, 2), (2028, 1, 1));
    let path = folder.files().certificate;
    let until = folder.warnings();
    assert_eq!(until, [Warning::NotYetValid { path: path.clone(), until: DAY }]);
    assert_eq!(
        until[0].to_string(),
        format!("the certificate `{}` is not valid before 24 h from now", path.display())
    );
}
