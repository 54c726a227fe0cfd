import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;

/** A Java program that was never told of the sandbox: Google's token endpoint says which grants it knows. */
public class Token {
    public static void main(String[] arguments) throws Exception {
        var body = HttpRequest.BodyPublishers.ofString("grant_type=none");
        var request = HttpRequest.newBuilder(URI.create("https://sts.googleapis.com/v1/token")).POST(body).build();
        var answer = HttpClient.newHttpClient().send(request, HttpResponse.BodyHandlers.ofString());
        System.out.println(answer.statusCode() + " " + answer.body());
    }
}
