// SPDX-License-Identifier: Apache-2.0
package io.gitlb.schema.protocol;

/// A delta as it travels and lies on disk.
///
/// @param digest SHA-256 of the delta's JSON as it was received, 64 lower-case hexadecimal digits.
///   It is the digest of the state that the delta leads to: the delta names the digest of its base,
///   so it covers all that the state came from
public record DeltaDocument(DesiredDelta delta, String digest) {}
