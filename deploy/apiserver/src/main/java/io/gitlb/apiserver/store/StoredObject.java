// SPDX-License-Identifier: Apache-2.0
package io.gitlb.apiserver.store;

import io.gitlb.apiserver.resource.JsonTree;
import io.gitlb.apiserver.resource.ObjectKey;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

/// One version of one object. Its tree is never changed; its JSON text is made once, by whoever
/// needs it first.
public final class StoredObject {
  private final ObjectKey key;
  private final long version;
  private final ObjectNode tree;
  private volatile byte @Nullable [] text;

  StoredObject(ObjectKey key, long version, ObjectNode tree) {
    this.key = key;
    this.version = version;
    this.tree = tree;
  }

  public ObjectKey key() {
    return key;
  }

  /// The store's counter when this version was written.
  public long version() {
    return version;
  }

  /// The object; to be read only.
  public ObjectNode tree() {
    return tree;
  }

  /// The object as JSON in UTF-8; to be read only.
  public byte[] text() {
    byte[] made = text;
    if (made == null) {
      made = JsonTree.bytes(tree);
      text = made;
    }
    return made;
  }

  /// The same object under another version, as the last event of a deleted object shows it.
  public StoredObject atVersion(long other) {
    return stamped(key, other, tree.deepCopy());
  }

  /// An object with its version written into its metadata.
  static StoredObject stamped(ObjectKey key, long version, ObjectNode tree) {
    JsonTree.child(tree, "metadata").put("resourceVersion", Long.toString(version));
    return new StoredObject(key, version, tree);
  }
}
