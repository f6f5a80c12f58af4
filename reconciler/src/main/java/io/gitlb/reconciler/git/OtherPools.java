// SPDX-License-Identifier: Apache-2.0
package io.gitlb.reconciler.git;

import io.gitlb.schema.model.AddressPool;
import io.gitlb.schema.model.ReadResult;
import io.gitlb.schema.value.ClusterName;
import io.gitlb.schema.yaml.DefinitionReader;
import java.util.List;
import java.util.Optional;

/// The pools of other clusters, in a repository with a folder `clusters/NAME` for each.
///
/// @param self this one
public record OtherPools(GitDefinitionSource source, ClusterName self)
    implements GitNeighbours.PoolsOf {

  @Override
  public Optional<List<AddressPool>> at(ClusterName cluster, String commit) {
    return source
        .of(self, cluster, commit)
        .flatMap(
            found ->
                switch (DefinitionReader.read(found.files())) {
                  case ReadResult.Accepted accepted -> Optional.of(accepted.definitions().pools());
                  case ReadResult.Refused _ -> Optional.empty();
                });
  }
}
