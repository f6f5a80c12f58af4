// SPDX-License-Identifier: Apache-2.0
package io.gitlb.reconciler.loop;

import io.gitlb.reconciler.cluster.ClusterView;
import io.gitlb.reconciler.cluster.ServiceView.Condition;
import io.gitlb.schema.value.IpAddress;
import io.gitlb.schema.value.ServiceRef;
import java.util.List;
import java.util.Optional;

/// The Kubernetes API.
public interface ClusterPort {

  /// The live view, or empty until every informer has synced once. It shares with the one before
  /// what has not changed since, and costs what has. One caller.
  Optional<ClusterView> view();

  /// Writes statuses by server-side apply, several at a time; returns when all are written or have
  /// failed. The Events of those that are written follow in the background, in order for each
  /// Service; when there are too many for too long, Normal ones are lost.
  ///
  /// @return those that failed, for another try
  List<FailedWrite> write(List<StatusWrite> writes);

  /// What the status of a Service shall be, whole, and what to tell about it.
  ///
  /// @param addresses the ingress list in order; empty clears it
  /// @param conditions ours; empty removes them
  /// @param event empty when there is nothing new to tell
  record StatusWrite(
      ServiceRef service,
      String uid,
      List<IpAddress> addresses,
      List<Condition> conditions,
      Optional<Event> event) {

    public StatusWrite {
      addresses = List.copyOf(addresses);
      conditions = List.copyOf(conditions);
    }
  }

  /// An Event on a Service.
  ///
  /// @param reason CamelCase, the same string as in the condition
  record Event(Severity severity, String reason, String message) {}

  /// The type of an Event.
  enum Severity {
    NORMAL,
    WARNING
  }

  /// A write that did not work.
  record FailedWrite(ServiceRef service, Failure failure) {}
}
