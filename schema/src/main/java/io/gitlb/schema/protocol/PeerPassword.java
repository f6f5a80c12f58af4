// SPDX-License-Identifier: Apache-2.0
package io.gitlb.schema.protocol;

import io.gitlb.schema.value.Password;

/// What signs every segment of the sessions with a peer (RFC 2385). Text forms show none of it.
public sealed interface PeerPassword {

  /// What others than the speaker are shown instead of one.
  PeerPassword NOT_SHOWN = new Missing("not shown");

  /// The first line of a file that something else puts onto the node and replaces there.
  ///
  /// @param path absolute
  record InFile(String path) implements PeerPassword {}

  /// This one, from a Secret.
  record Given(Password password) implements PeerPassword {}

  /// There ought to be one: without it nobody dials the peer, but a session that has one goes on.
  ///
  /// @param why for people, one line
  record Missing(String why) implements PeerPassword {}
}
