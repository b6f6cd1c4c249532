import com.google.gson.Gson;
import com.google.protobuf.util.JsonFormat;
import io.envoyproxy.envoy.config.bootstrap.v3.Bootstrap;
import io.envoyproxy.envoy.extensions.filters.http.jwt_authn.v3.JwtAuthentication;
import io.envoyproxy.envoy.extensions.filters.http.rbac.v3.RBAC;
import io.envoyproxy.envoy.extensions.filters.http.router.v3.Router;
import io.envoyproxy.envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager;
import io.envoyproxy.envoy.extensions.transport_sockets.tls.v3.UpstreamTlsContext;
import java.nio.file.Files;
import java.nio.file.Path;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.SafeConstructor;

/** Reads an Envoy configuration as Envoy's own types: a name or type that is not theirs fails. */
class CheckConfig {
  public static void main(String[] args) throws Exception {
    Object yaml =
        new Yaml(new SafeConstructor(new LoaderOptions())).load(Files.readString(Path.of(args[0])));
    Bootstrap.Builder bootstrap = Bootstrap.newBuilder();
    JsonFormat.parser()
        .usingTypeRegistry(
            JsonFormat.TypeRegistry.newBuilder()
                .add(HttpConnectionManager.getDescriptor())
                .add(JwtAuthentication.getDescriptor())
                .add(RBAC.getDescriptor())
                .add(Router.getDescriptor())
                .add(UpstreamTlsContext.getDescriptor())
                .build())
        .merge(new Gson().toJson(yaml), bootstrap);
    System.out.println(
        args[0] + ": " + bootstrap.getStaticResources().getClustersCount() + " clusters");
  }
}
