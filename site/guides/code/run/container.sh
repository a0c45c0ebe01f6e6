# snippet: run
podman build -t xaman-live -f Containerfile .
podman run -d --name shop --read-only --cap-drop all --stop-timeout 30 \
    -p 127.0.0.1:8080:8080 -p 127.0.0.1:8082:8082 -v shop:/data --env-file xaman-live.env \
    xaman-live -origin https://shop.example -trusted-proxy 10.88.0.0/16
# end
