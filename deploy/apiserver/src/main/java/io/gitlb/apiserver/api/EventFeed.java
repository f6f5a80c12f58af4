// SPDX-License-Identifier: Apache-2.0
package io.gitlb.apiserver.api;

import java.util.List;

/// The events of one watch, pulled by whoever writes them out.
public interface EventFeed extends AutoCloseable {

  /// What comes after a batch.
  enum After {
    /// More batches.
    MORE,
    /// The watch is over, in good order.
    END,
    /// The connection is to be cut without a word.
    CUT
  }

  /// Some events.
  ///
  /// @param events each as JSON without a line end; empty when none came for a while
  record Batch(List<byte[]> events, After after) {
    public Batch {
      events = List.copyOf(events);
    }
  }

  /// The next events; waits a fraction of a second for the first.
  Batch next() throws InterruptedException;

  @Override
  void close();

  /// A feed of one event.
  static EventFeed only(byte[] event) {
    return new EventFeed() {
      @Override
      public Batch next() {
        return new Batch(List.of(event), After.END);
      }

      @Override
      public void close() {}
    };
  }
}
