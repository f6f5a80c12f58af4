// SPDX-License-Identifier: Apache-2.0
package io.gitlb.reconciler.ledger;

import io.gitlb.schema.value.ServiceRef;
import io.gitlb.schema.yaml.YamlDocuments;
import io.gitlb.schema.yaml.YamlTree;
import java.util.Collections;
import java.util.SortedSet;
import java.util.TreeSet;

/// The file of the ledger that lists the Services whose addresses are held because too many of them
/// are missing, so that a restart does not let them go.
public final class MissingFile {

  /// Its path in the tree; it is there while there are any.
  public static final String PATH = "guards/missing.yaml";

  private MissingFile() {}

  /// The whole file, ending in a line feed.
  ///
  /// @param services at least one
  public static String write(SortedSet<ServiceRef> services) {
    StringBuilder text = new StringBuilder("missing:\n");
    for (ServiceRef service : services) {
      text.append("  - ").append(YamlScalar.quoted(service.toString())).append('\n');
    }
    return text.toString();
  }

  /// The Services that the file lists; none when the text is not such a file.
  public static SortedSet<ServiceRef> read(String text) {
    SortedSet<ServiceRef> services = new TreeSet<>();
    YamlDocuments.readOne(PATH, text)
        .ifPresent(
            mapping -> {
              for (YamlTree item : mapping.items("missing")) {
                if (item instanceof YamlTree.Scalar scalar) {
                  ServiceRef.parse(scalar.text()).ifPresent(ref -> services.add(ref));
                }
              }
            });
    return Collections.unmodifiableSortedSet(services);
  }
}
