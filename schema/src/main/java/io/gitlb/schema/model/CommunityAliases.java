// SPDX-License-Identifier: Apache-2.0
package io.gitlb.schema.model;

import io.gitlb.schema.value.Community;
import java.util.Collections;
import java.util.SortedMap;
import java.util.TreeMap;

/// A document of the kind Community: names that advertisements may use for communities.
///
/// @param aliases alias → what it stands for; no alias is in two documents
public record CommunityAliases(String name, SourcePlace place, SortedMap<String, Community> aliases)
    implements Definition {

  public CommunityAliases {
    aliases = Collections.unmodifiableSortedMap(new TreeMap<>(aliases));
  }

  @Override
  public String documentName() {
    return name;
  }
}
