// SPDX-License-Identifier: Apache-2.0
package io.gitlb.reconciler.plan;

import io.gitlb.schema.value.IpAddress;
import io.gitlb.schema.value.ServiceRef;
import java.util.List;

/// What becomes of one Service.
public sealed interface Decision {

  ServiceRef service();

  /// What the Service's status shall show, in the order of its families.
  List<IpAddress> addresses();

  /// What else there is to say: what it would also like and does not get, an annotation that nobody
  /// knows, a move that waits. The most important first; its reason is the condition's unless there
  /// is a cause.
  List<Refusal> notes();

  /// It keeps what it has.
  ///
  /// @param message for people: addresses, pool and why
  record Keep(ServiceRef service, List<IpAddress> addresses, String message, List<Refusal> notes)
      implements Decision {

    public Keep {
      addresses = List.copyOf(addresses);
      notes = List.copyOf(notes);
    }
  }

  /// It gets at least one address that it did not have.
  ///
  /// @param message for people: addresses, pool and why
  record Assign(ServiceRef service, List<IpAddress> addresses, String message, List<Refusal> notes)
      implements Decision {

    public Assign {
      addresses = List.copyOf(addresses);
      notes = List.copyOf(notes);
    }
  }

  /// It keeps an address that the definitions no longer give it.
  ///
  /// @param cause why they don't
  record Hold(ServiceRef service, List<IpAddress> addresses, Refusal cause, List<Refusal> notes)
      implements Decision {

    public Hold {
      addresses = List.copyOf(addresses);
      notes = List.copyOf(notes);
    }
  }

  /// It does not get what it asks for.
  ///
  /// @param addresses what it keeps nevertheless
  record Refuse(ServiceRef service, List<IpAddress> addresses, Refusal cause, List<Refusal> notes)
      implements Decision {

    public Refuse {
      addresses = List.copyOf(addresses);
      notes = List.copyOf(notes);
    }
  }

  /// It is gone or no longer ours; what it had is being withdrawn.
  ///
  /// @param released what it had, sorted
  record Release(ServiceRef service, List<IpAddress> released) implements Decision {

    public Release {
      released = List.copyOf(released);
    }

    @Override
    public List<IpAddress> addresses() {
      return List.of();
    }

    @Override
    public List<Refusal> notes() {
      return List.of();
    }
  }
}
