// SPDX-License-Identifier: Apache-2.0
package io.gitlb.reconciler.plan;

import io.gitlb.schema.value.IpAddress;
import io.gitlb.schema.value.ServiceRef;
import java.util.List;
import java.util.Optional;

/// What becomes of one Service.
public sealed interface Decision {

  ServiceRef service();

  /// What the Service's status shall show, in the order of its families.
  List<IpAddress> addresses();

  /// It keeps what it has.
  ///
  /// @param message for people: addresses, pool and why
  /// @param unmet what it would also like and does not get
  record Keep(
      ServiceRef service, List<IpAddress> addresses, String message, Optional<Refusal> unmet)
      implements Decision {

    public Keep {
      addresses = List.copyOf(addresses);
    }
  }

  /// It gets at least one address that it did not have.
  ///
  /// @param message for people: addresses, pool and why
  /// @param unmet what it would also like and does not get
  record Assign(
      ServiceRef service, List<IpAddress> addresses, String message, Optional<Refusal> unmet)
      implements Decision {

    public Assign {
      addresses = List.copyOf(addresses);
    }
  }

  /// It keeps an address that the definitions no longer give it.
  ///
  /// @param cause why they don't
  record Hold(ServiceRef service, List<IpAddress> addresses, Refusal cause) implements Decision {

    public Hold {
      addresses = List.copyOf(addresses);
    }
  }

  /// It does not get what it asks for.
  ///
  /// @param addresses what it keeps nevertheless
  record Refuse(ServiceRef service, List<IpAddress> addresses, Refusal cause) implements Decision {

    public Refuse {
      addresses = List.copyOf(addresses);
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
  }
}
