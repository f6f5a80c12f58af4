// SPDX-License-Identifier: Apache-2.0
package io.gitlb.schema.check;

import io.gitlb.schema.model.Definition;
import io.gitlb.schema.model.SourcePlace;
import java.util.HashMap;
import java.util.Map;

/// Where the values of definitions stand, finer than [Definition#place]. The definitions themselves
/// do not carry it: they compare equal when only the layout of a file changed.
public final class SourceMap {

  /// Knows nothing; every place is that of the definition.
  public static final SourceMap NONE = new Builder().build();

  private record Key(SourcePlace definition, String field, String value) {}

  // value of a field of a definition → where it stands (1:1)
  private final Map<Key, SourcePlace> places;

  private SourceMap(Map<Key, SourcePlace> places) {
    this.places = places;
  }

  /// Where the value stands, or the definition's name when that is not known.
  ///
  /// @param field its path, such as `spec.addresses`
  /// @param value as [Object#toString] gives it
  public SourcePlace placeOf(Definition definition, String field, Object value) {
    return places.getOrDefault(
        new Key(definition.place(), field, value.toString()), definition.place());
  }

  /// Collects places while documents are read.
  public static final class Builder {
    // as in SourceMap
    private final Map<Key, SourcePlace> places = new HashMap<>();

    /// Starts with nothing.
    public Builder() {}

    /// The first place of a value counts.
    ///
    /// @param definition [Definition#place] of the definition that will have the value
    public void put(SourcePlace definition, String field, String value, SourcePlace place) {
      places.putIfAbsent(new Key(definition, field, value), place);
    }

    /// The places so far.
    public SourceMap build() {
      return new SourceMap(new HashMap<>(places));
    }
  }
}
