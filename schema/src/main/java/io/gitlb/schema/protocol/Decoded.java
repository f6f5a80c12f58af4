// SPDX-License-Identifier: Apache-2.0
package io.gitlb.schema.protocol;

/// What came of reading a protocol document.
public sealed interface Decoded<T> {

  /// It was read whole.
  record Value<T>(T value) implements Decoded<T> {}

  /// It is not a document of this protocol, or not one that this version can read.
  ///
  /// @param message for people, one line: the place as a JSON pointer, what was found, what is
  ///   allowed
  record Malformed<T>(String message) implements Decoded<T> {}
}
