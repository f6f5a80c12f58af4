// SPDX-License-Identifier: Apache-2.0
package io.gitlb.schema.http;

import java.nio.file.Path;

/// The PEM files that prove who we are and tell whom to believe.
///
/// @param certificateChain our certificate first, then those between it and the authority
/// @param privateKey PKCS #8, PKCS #1 or SEC 1, not encrypted; RSA, EC or Ed25519
/// @param authorities the certificates that the other side's chain has to end in
public record TlsIdentity(Path certificateChain, Path privateKey, Path authorities) {}
