// SPDX-License-Identifier: Apache-2.0
package io.gitlb.schema.yaml;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.gitlb.schema.model.ConfigFile;
import io.gitlb.schema.model.ReadResult;
import java.util.List;
import org.junit.jupiter.api.Test;

/// Whole files in, whole problems out.
class DefinitionReaderTest {

  static List<String> problems(String text) {
    return problems(List.of(new ConfigFile("a.yaml", text)));
  }

  static List<String> problems(List<ConfigFile> files) {
    return switch (DefinitionReader.read(files)) {
      case ReadResult.Accepted _ -> List.of();
      case ReadResult.Refused(var problems) -> problems.stream().map(Object::toString).toList();
    };
  }

  @Test
  void anUnknownFieldIsNamedWithItsPlaceAndWhatIsAllowed() {
    assertEquals(
        List.of(
            "a.yaml:4:7: GLB1205 spec.addresses of IPAddressPool lan is missing",
            "a.yaml:4:8: GLB1204 unknown field \"adresses\" (did you mean \"addresses\"?) in spec"
                + " of IPAddressPool lan; allowed: addresses, autoAssign, avoidBuggyIPs,"
                + " serviceAllocation"),
        problems(
            """
            apiVersion: metallb.io/v1beta1
            kind: IPAddressPool
            metadata: {name: lan}
            spec: {adresses: [192.0.2.0/24]}
            """));
  }
}
