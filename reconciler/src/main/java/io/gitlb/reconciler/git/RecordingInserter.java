// SPDX-License-Identifier: Apache-2.0
package io.gitlb.reconciler.git;

import java.io.IOException;
import java.io.InputStream;
import java.util.Set;
import org.eclipse.jgit.lib.ObjectId;
import org.eclipse.jgit.lib.ObjectInserter;

/// Notes the ids of what is inserted.
final class RecordingInserter extends ObjectInserter.Filter {

  private final ObjectInserter inserter;
  private final Set<ObjectId> ids;

  RecordingInserter(ObjectInserter inserter, Set<ObjectId> ids) {
    this.inserter = inserter;
    this.ids = ids;
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
    ids.add(id);
    return id;
  }
}
