// SPDX-License-Identifier: Apache-2.0
package io.gitlb.reconciler.loop;

import io.gitlb.reconciler.loop.ClusterPort.FailedWrite;
import io.gitlb.reconciler.loop.ClusterPort.StatusWrite;
import java.util.ArrayList;
import java.util.List;

/// Status writes that go on while the pass does: begun in parts as the ledger is committed, waited
/// for before the speakers are told.
public interface StatusPort {

  /// Begins these writes and returns. No Service is in two parts that were not waited for.
  void begin(List<StatusWrite> writes);

  /// Waits until all that was begun is done or has failed.
  ///
  /// @return those that failed, for another try
  List<FailedWrite> await();

  /// Writes each part at once, in the caller's thread.
  static StatusPort oneAfterTheOther(ClusterPort cluster) {
    List<FailedWrite> failed = new ArrayList<>();
    return new StatusPort() {
      @Override
      public void begin(List<StatusWrite> writes) {
        failed.addAll(cluster.write(writes));
      }

      @Override
      public List<FailedWrite> await() {
        List<FailedWrite> all = List.copyOf(failed);
        failed.clear();
        return all;
      }
    };
  }
}
