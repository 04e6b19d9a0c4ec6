package dev.tessera.host.flight.security;

import java.nio.file.Path;
import java.util.Optional;

/**
 * The PEM files of an encrypted server.
 *
 * @param certificate its chain, the server's own first
 * @param key its private key, PKCS#8 without a password
 * @param clientCa who signs client certificates; with it, a client without one is turned away
 */
public record TlsFiles(Path certificate, Path key, Optional<Path> clientCa) {}
