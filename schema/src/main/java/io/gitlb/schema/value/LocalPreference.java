// SPDX-License-Identifier: Apache-2.0
package io.gitlb.schema.value;

import java.util.OptionalLong;

/// The local preference of a route (RFC 4271 section 5.1.5): unsigned 32 bits, higher is preferred.
public final class LocalPreference {

  /// What routers assume where nothing is said; so it is what peers of the own AS are told then.
  public static final long DEFAULT = 100;

  private LocalPreference() {}

  /// What peers of the own AS are told.
  ///
  /// @param said empty: nothing
  public static long told(OptionalLong said) {
    return said.orElse(DEFAULT);
  }

  /// That of a route for which both are said. Of equals it is the one that is written out.
  public static OptionalLong higher(OptionalLong a, OptionalLong b) {
    int order = Long.compare(told(a), told(b));
    return order > 0 || (order == 0 && a.isPresent()) ? a : b;
  }
}
