# snippet: file
systemctl stop xaman-live
cp /var/lib/xaman-live/devserver.db "/backup/xaman-live-$(date +%F).db"
systemctl start xaman-live
# end

# snippet: database
pg_dump --format=custom --file="/backup/xaman-live-$(date +%F).dump" "$RECORD"
# end
