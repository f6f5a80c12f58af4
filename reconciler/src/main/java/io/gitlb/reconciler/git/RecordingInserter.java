// SPDX-License-Identifier: Apache-2.0
package io.gitlb.reconciler.git;

import java.io.IOException;
import java.io.InputStream;
import java.util.Set;
import org.eclipse.jgit.lib.ObjectId;
import org.eclipse.jgit.lib.ObjectInserter;

/// Notes the directories that loose objects went to.
final class RecordingInserter extends ObjectInserter.Filter {

  /// Loose objects lie in a directory named by the first two digits of their id.
  private static final int SHARD_DIGITS = 2;

  private final ObjectInserter inserter;
  private final Set<String> shards;

  RecordingInserter(ObjectInserter inserter, Set<String> shards) {
    this.inserter = inserter;
    this.shards = shards;
  }

  @Override
  protected ObjectInserter delegate() {
    return inserter;
  }

  @Override
  public ObjectId insert(int type, byte[] data) throws IOException {
    return noted(inserter.insert(type, data));
  }

  @Override
  public ObjectId insert(int type, byte[] data, int offset, int length) throws IOException {
    return noted(inserter.insert(type, data, offset, length));
  }

  @Override
  public ObjectId insert(int type, long length, InputStream in) throws IOException {
    return noted(inserter.insert(type, length, in));
  }

  private ObjectId noted(ObjectId id) {
    shards.add(id.name().substring(0, SHARD_DIGITS));
    return id;
  }
}
