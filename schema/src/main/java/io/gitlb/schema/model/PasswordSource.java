// SPDX-License-Identifier: Apache-2.0
package io.gitlb.schema.model;

/// Where the password of a peer's sessions (RFC 2385) comes from; never from Git.
public sealed interface PasswordSource {

  /// `passwordSecret`: the key `password` of a Secret of the type `kubernetes.io/basic-auth`, in
  /// the namespace that is set up for it.
  ///
  /// @param name of the Secret
  record Secret(String name) implements PasswordSource {}

  /// `passwordFile`: the first line of a file that is put onto the node's speaker.
  ///
  /// @param path absolute
  record File(String path) implements PasswordSource {}
}
