// SPDX-License-Identifier: Apache-2.0
package io.gitlb.reconciler.ledger;

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
}
