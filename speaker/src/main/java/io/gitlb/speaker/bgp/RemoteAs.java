// SPDX-License-Identifier: Apache-2.0
package io.gitlb.speaker.bgp;

import io.gitlb.schema.value.Asn;

/// Which AS a peer may have.
public sealed interface RemoteAs {

  /// That one.
  record Exactly(Asn asn) implements RemoteAs {}

  /// Ours.
  record Internal() implements RemoteAs {}

  /// Any but ours.
  record External() implements RemoteAs {}

  /// @param local the AS that we use on the session
  /// @param remote 0 to 4294967295
  default boolean accepts(Asn local, long remote) {
    return switch (this) {
      case Exactly(Asn asn) -> asn.number() == remote;
      case Internal _ -> local.number() == remote;
      case External _ -> remote != 0 && local.number() != remote;
    };
  }

  /// The kind of session that a peer of such an AS makes.
  default SessionKind kind(Asn local) {
    boolean internal =
        switch (this) {
          case Exactly(Asn asn) -> asn.equals(local);
          case Internal _ -> true;
          case External _ -> false;
        };
    return internal ? SessionKind.IBGP : SessionKind.EBGP;
  }

  /// For people, behind "expected".
  default String describe(Asn local) {
    return switch (this) {
      case Exactly(Asn asn) -> "AS " + asn;
      case Internal _ -> "our own AS " + local;
      case External _ -> "an AS other than our own " + local;
    };
  }
}
