// SPDX-License-Identifier: Apache-2.0
package io.gitlb.schema.yaml;

import io.gitlb.schema.model.CommunityAliases;
import io.gitlb.schema.model.ProblemCode;
import io.gitlb.schema.value.Community;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/// Community.
final class CommunityMapping {

  private static final String FIELD = "communities";

  private CommunityMapping() {}

  private record Entry(String alias, Community community) {}

  static Optional<CommunityAliases> read(Document document) {
    SortedMap<String, Community> aliases = new TreeMap<>();
    for (Entry entry : document.spec().list(FIELD, CommunityMapping::entry)) {
      if (aliases.putIfAbsent(entry.alias, entry.community) != null) {
        document.note(
            ProblemCode.DUPLICATE_ALIAS,
            FIELD,
            "has the alias %s twice; remove one".formatted(Shown.quoted(entry.alias)));
      }
    }
    return document.define(
        () -> new CommunityAliases(document.name(), document.context().definition(), aliases));
  }

  private static Optional<Entry> entry(Value value) {
    return value.fields().flatMap(CommunityMapping::entry);
  }

  private static Optional<Entry> entry(Fields fields) {
    Optional<String> alias = fields.required("name", Communities::alias);
    Optional<Community> community = fields.required("value", Communities::read);
    fields.refuseOthers();
    return alias.flatMap(name -> community.map(value -> new Entry(name, value)));
  }
}
