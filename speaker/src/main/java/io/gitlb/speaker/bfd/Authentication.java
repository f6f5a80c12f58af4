// SPDX-License-Identifier: Apache-2.0
package io.gitlb.speaker.bfd;

import java.util.List;

/// How a session signs and what it believes.
///
/// @param keys one or two: the first signs, each is accepted; their numbers differ
public record Authentication(AuthenticationType type, List<AuthenticationKey> keys) {

  public Authentication {
    keys = List.copyOf(keys);
    if (keys.isEmpty() || keys.size() > 2) {
      throw new IllegalArgumentException("one or two keys, not " + keys.size());
    }
    if (keys.size() == 2 && keys.getFirst().id() == keys.getLast().id()) {
      throw new IllegalArgumentException("two keys have the number " + keys.getFirst().id());
    }
    keys.forEach(key -> key.padded(type.digestOctets()));
  }
}
