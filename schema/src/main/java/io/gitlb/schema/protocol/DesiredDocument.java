// SPDX-License-Identifier: Apache-2.0
package io.gitlb.schema.protocol;

/// A desired state as it travels and lies on disk.
///
/// @param digest SHA-256 of the state's JSON as it was received, 64 lower-case hexadecimal digits;
///   it covers members too that this version does not know
public record DesiredDocument(DesiredState state, String digest) {}
