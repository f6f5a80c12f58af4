// SPDX-License-Identifier: Apache-2.0
package io.gitlb.reconciler.ledger;

import io.gitlb.schema.yaml.YamlDocuments;
import java.util.Optional;

/// The file at the root of the ledger that says which cluster it belongs to.
public final class ClusterFile {

  /// Its path in the tree.
  public static final String PATH = "cluster.yaml";

  private ClusterFile() {}

  /// The whole file, ending in a line feed.
  ///
  /// @param clusterUid the UID of the namespace kube-system
  public static String write(String clusterUid) {
    return "clusterUid: " + YamlScalar.quoted(clusterUid) + "\n";
  }

  /// The UID that the file names.
  ///
  /// @return empty when the text is not such a file
  public static Optional<String> read(String text) {
    return YamlDocuments.readOne(PATH, text)
        .flatMap(mapping -> mapping.text("clusterUid"))
        .filter(uid -> !uid.isEmpty());
  }
}
