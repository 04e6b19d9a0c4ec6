package dev.tessera.dist;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.tessera.dist.Installation.Ended;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/** A certificate that is its own authority, and its key, made as docs/SERVING.md has it. */
record PemFiles(Path certificate, Path key) {

  /** Makes {@code NAME.pem} and {@code NAME.key} in a folder; skips the test without openssl. */
  static PemFiles make(Installation tessera, Path folder, String name) throws Exception {
    PemFiles files = new PemFiles(folder.resolve(name + ".pem"), folder.resolve(name + ".key"));
    Ended made;
    try {
      made =
          tessera.program(
              List.of(
                  "openssl",
                  "req",
                  "-x509",
                  "-newkey",
                  "rsa:2048",
                  "-nodes",
                  "-keyout",
                  files.key().toString(),
                  "-out",
                  files.certificate().toString(),
                  "-days",
                  "30",
                  "-subj",
                  "/CN=" + name,
                  "-addext",
                  "subjectAltName=DNS:localhost,IP:127.0.0.1"));
    } catch (IOException e) {
      assumeTrue(false, "no openssl here");
      throw e;
    }
    assertThat(made.code()).as(made.out()).isZero();
    return files;
  }
}
